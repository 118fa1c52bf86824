import type { Json } from '#canonical/json.ts';
import type { Queryable } from './database.ts';

/** Who did what to which thing. `detail` holds no secret and no personal data. */
export type AuditEntry = {
  /** A person's or token's name, or `file`, `system`. */
  readonly actor: string;
  /** e.g. `crosswalk.changed` */
  readonly action: string;
  readonly subject: string;
  readonly detail: Json | null;
};

/** Writes audit entries in the caller's transaction, which must have named the tenant. */
export async function writeAudit(
  client: Queryable,
  tenant: string,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await client.query({
    name: 'audit_write',
    text: `insert into audit (tenant, actor, action, subject, detail)
      select $1, u.actor, u.action, u.subject, u.detail
      from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as u(actor, action, subject, detail)`,
    values: [
      tenant,
      entries.map(({ actor }) => actor),
      entries.map(({ action }) => action),
      entries.map(({ subject }) => subject),
      entries.map(({ detail }) => (detail === null ? null : JSON.stringify(detail))),
    ],
  });
}
