import type { Address } from '#canonical/party.ts';
import type { Fields } from './request.ts';
import { optionalText, type RenderScope } from './render-scope.ts';
import { standardLengths as max } from './standard-lengths.ts';

/**
 * A postal address in Salesforce's parts. With state and country picklists the ISO codes go into `...StateCode` and
 * `...CountryCode`, else the names as the source wrote them; an address has no recipient there.
 */
export function addressFields(
  scope: RenderScope,
  prefix: 'Billing' | 'Shipping' | 'Mailing',
  address: Address | null,
  path: string,
): Fields {
  const street = address === null ? null : address.lines.join('\n');
  const stateCode = address?.subdivision?.slice(3) ?? null;
  const picklists = scope.org.stateCountryPicklists;
  const state = picklists ? stateCode : (address?.subdivisionName ?? stateCode);
  return {
    [`${prefix}Street`]: optionalText(scope, street, max.street, `${path}.lines`),
    [`${prefix}City`]: optionalText(scope, address?.city ?? null, max.city, `${path}.city`),
    [`${prefix}PostalCode`]: optionalText(
      scope,
      address?.postalCode ?? null,
      max.postalCode,
      `${path}.postalCode`,
    ),
    [picklists ? `${prefix}StateCode` : `${prefix}State`]: optionalText(
      scope,
      state,
      max.state,
      `${path}.subdivisionName`,
    ),
    [picklists ? `${prefix}CountryCode` : `${prefix}Country`]: optionalText(
      scope,
      address?.country ?? null,
      max.country,
      `${path}.country`,
    ),
  };
}
