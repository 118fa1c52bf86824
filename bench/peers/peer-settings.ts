/** What a peer's processes are told, as JSON in their first argument. */
export type PeerSettings = {
  readonly port: number;
  readonly secret: string;
  readonly redisPort: number;
  /** ERP by path of the receiver: the last retailer has one of its own. */
  readonly erpUrls: readonly string[];
  readonly crmUrl: string;
};

export const peerSettings = (): PeerSettings => JSON.parse(process.argv[2] ?? '') as PeerSettings;
