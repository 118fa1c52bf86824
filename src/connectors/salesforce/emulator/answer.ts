import type { Json } from '#canonical/json.ts';
import { PlatformFault } from './platform-fault.ts';

export type Answer = { readonly status: number; readonly body: Json };

/** The error body of a request: an array, with `errorCode`. */
export const faultAnswer = (fault: PlatformFault): Answer => ({
  status: fault.status,
  body: [{ message: fault.message, errorCode: fault.code, fields: fault.fields, ...fault.more }],
});

/** The errors of one record of a collection: with `statusCode` instead. */
export const faultRecord = (fault: PlatformFault): Json => ({
  success: false,
  errors: [{ statusCode: fault.code, message: fault.message, fields: fault.fields, ...fault.more }],
});

/** Runs an operation; a fault becomes its answer. Anything else is a defect of the emulator and passes through. */
export function answering(operation: () => Answer): Answer {
  try {
    return operation();
  } catch (error) {
    if (error instanceof PlatformFault) return faultAnswer(error);
    throw error;
  }
}
