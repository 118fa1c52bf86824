import type { CommandPayload } from '#canonical/command.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { type Request, VirtualPlatform } from './platform.ts';

/** A CRM that upserts: what it got last is what it shows. */
export class VirtualCrm extends VirtualPlatform {
  /** By the order's id at its source. */
  readonly records = new Map<string, CommandPayload<'crm.order.upsert'>>();

  protected find(): Found {
    return { kind: 'absent' };
  }
  protected refusal(): Outcome | null {
    return null;
  }
  protected apply(request: Request): Outcome {
    const payload = request.body as unknown as CommandPayload<'crm.order.upsert'>;
    this.took(request);
    this.records.set(payload.order.ref.id, payload);
    return {
      kind: 'done',
      result: {},
      refs: [{ connection: this.connection, type: 'Order', id: `c-${payload.order.ref.id}` }],
    };
  }
}
