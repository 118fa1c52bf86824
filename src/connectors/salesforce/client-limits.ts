/** Records of one sObject Collections request. */
export const collectionRecords = 200;
