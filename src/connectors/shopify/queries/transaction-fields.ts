import { bag } from './bag.ts';

/** A movement of money, whole. */
export const transactionFields = `{
      id kind status gateway manualPaymentGateway multiCapturable createdAt processedAt authorizationExpiresAt paymentId errorCode test
      amountSet ${bag}
      parentTransaction { id }
      paymentDetails { ... on CardPaymentDetails { company wallet } }
    }`;
