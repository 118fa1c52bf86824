import type { Finding } from '#connector-sdk/connector.ts';
import { orderStatuses } from '#canonical/command.ts';
import type { SalesforceConfig } from '../config.ts';
import { fine, judge, warning, wrong } from './finding.ts';
import type { DescribedObject, Description, OrgFacts } from './org-facts.ts';

const named = (description: Description, name: string) =>
  description.fields.find((field) => field.name.toLowerCase() === name.toLowerCase());

/** Objects, external id fields, custom fields, record types and status values that the profile names. */
export function objectChecks(config: SalesforceConfig, facts: OrgFacts): readonly Finding[] {
  const isSummary = config.org.orderMode === 'summary';
  const shown = [...facts.objects].filter(([object]) => !isSummary || object === 'Account');
  return shown.flatMap(([object, fact]) => {
    const access = judge(
      `object:${object}`,
      fact,
      object === 'Order' || object === 'OrderItem'
        ? 'Switch Orders on (Setup, Order Settings) and give the integration user create and edit on them.'
        : `Give the integration user create and edit on ${object}.`,
      (description) => {
        if (description.createable && description.updateable)
          return fine(`object:${object}`, 'can be created and edited');
        return wrong(
          `object:${object}`,
          'the user may not create and edit it',
          `Give the integration user create and edit on ${object}.`,
        );
      },
    );
    if (!fact.known) return [access];
    return [
      access,
      externalIdCheck(config, object, fact.value),
      ...recordTypeChecks(config, object, fact.value),
      ...fieldChecks(config, object, fact.value),
    ];
  });
}

function externalIdCheck(
  config: SalesforceConfig,
  object: DescribedObject,
  description: Description,
): Finding {
  const check = `external-id:${object}`;
  const name = config.org.externalIdFields[object];
  const field = named(description, name);
  const remedy = `Make ${object}.${name}: Text(255), External ID, Unique; visible and editable for the integration user.`;
  if (field === undefined) return wrong(check, `${name} does not exist or is not visible`, remedy);
  if (!field.externalId) return wrong(check, `${name} is not an External ID`, remedy);
  if (!field.unique) return wrong(check, `${name} is not unique: two records can get one identity`, remedy);
  if (!field.createable || !field.updateable)
    return wrong(check, `${name} is read-only for the integration user`, remedy);
  if (field.length < 255)
    return warning(check, `${name} holds ${field.length} characters; longer keys are refused`, remedy);
  return fine(check, name);
}

function recordTypeChecks(config: SalesforceConfig, object: string, description: Description): Finding[] {
  const { recordTypeIds } = config.org;
  const wanted: Record<string, readonly (string | null)[]> = {
    Account: [recordTypeIds.companyAccount, recordTypeIds.householdAccount, recordTypeIds.personAccount],
    Contact: [recordTypeIds.contact],
    Order: [recordTypeIds.order],
  };
  return (wanted[object] ?? [])
    .filter((id) => id !== null)
    .map((id) => {
      const check = `record-type:${object}`;
      const there = description.recordTypeInfos.find(
        (info) => info.recordTypeId.slice(0, 15) === id.slice(0, 15),
      );
      if (there?.available === true) return fine(check, id);
      return wrong(
        check,
        `${id} ${there === undefined ? 'does not exist' : 'is not assigned to the integration user'}`,
        'Correct org.recordTypeIds, or assign the record type.',
      );
    });
}

function fieldChecks(config: SalesforceConfig, object: string, description: Description): Finding[] {
  const { org } = config;
  const names = Object.values(
    object === 'Order' ? org.orderFields : object === 'OrderItem' ? org.itemFields : {},
  ).filter((name) => name !== null);
  const fields = names.map((name) => {
    const field = named(description, name);
    if (field?.updateable === true) return fine(`field:${object}`, name);
    return wrong(
      `field:${object}`,
      `${name} ${field === undefined ? 'does not exist or is not visible' : 'is read-only'}`,
      `Make ${object}.${name} and give the integration user edit access to it.`,
    );
  });
  return object === 'Order' ? [...fields, statusCheck(config, description)] : fields;
}

function statusCheck({ org }: SalesforceConfig, description: Description): Finding {
  const values = new Set(
    named(description, 'Status')
      ?.picklistValues.filter((value) => value.active)
      .map((value) => value.value) ?? [],
  );
  const missing = [
    ...new Set([org.draftStatus, ...orderStatuses.map((status) => org.statuses[status])]),
  ].filter((value) => !values.has(value));
  if (missing.length === 0) return fine('order-status', [...values].join(', '));
  return wrong(
    'order-status',
    `Order.Status has no active value ${missing.map((value) => `"${value}"`).join(', ')}`,
    'Add the values to the Order Status picklist, or correct org.statuses.',
  );
}
