import type { Findings, Floor, InvariantFindings, Violation } from '../checker/findings.ts';
import { type Html, html } from './html.ts';
import { style } from './style.ts';
import { timelinePicture } from './timeline-picture.ts';

/** A defect that breaks a promise a thousand times would make a page that nobody can open. */
const shown = 50;

/** The whole report as one page that needs nothing beside itself. */
export function reportPage(findings: Findings): string {
  const violations = Object.values(findings.invariants).flatMap((each) => each.violations);
  const verdict = !findings.valid
    ? html`<b class="bad">invalid</b>: the run proves too little`
    : violations.length > 0
      ? html`<b class="bad">${violations.length} violations</b>`
      : html`<b class="good">clean and valid</b>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Torture, seed ${findings.seed}</title>
        <style>
          ${{ markup: style }}
        </style>
      </head>
      <body>
        <h1>Torture, seed ${findings.seed}</h1>
        <p>
          ${verdict}. ${findings.minutes} minutes of orders, from
          ${new Date(findings.timeline.fromMs).toISOString()}.
        </p>
        ${figures(findings)}
        <h2>What happened when</h2>
        ${timelinePicture(findings.timeline)}
        <h2>Invariants</h2>
        ${invariantTable(findings.invariants)}
        <h2>Coverage floors</h2>
        ${floorTable(findings)}
        <h2>Orders</h2>
        ${fates(findings)}${totals(findings)}
        ${
          violations.length === 0
            ? null
            : html`<h2>Violations</h2>
                ${Object.values(findings.invariants).map(violationsOf)}`
        }
        <h2>Not looked at</h2>
        <ul>
          ${findings.notChecked.map((each) => html`<li>${each}</li>`)}
        </ul>
        <p class="quiet">
          kill -9 is not a loss of power, and the emulated systems are only as true as their platforms’
          documentation.
        </p>
      </body>
    </html> `.markup;
}

function figures({ faults, accepted, lost, duplicated, unexplained, outOfOrder }: Findings): Html {
  const bad = { lost, duplicated, unexplained, 'out of order': outOfOrder };
  return html`<div class="figures">
    <div><b>${accepted}</b>orders accepted</div>
    <div><b>${faults}</b>faults</div>
    ${Object.entries(bad).map(
      ([name, count]) => html`<div><b class="${count === 0 ? 'good' : 'bad'}">${count}</b>${name}</div>`,
    )}
  </div>`;
}

const invariantTable = (invariants: Findings['invariants']): Html =>
  html`<div class="wide">
    <table>
      <tr>
        <th></th>
        <th>Promise</th>
        <th class="n">Checked</th>
        <th class="n">Violations</th>
      </tr>
      ${Object.entries(invariants).map(
        ([name, { title, checked, violations }]) =>
          html`<tr>
            <td>${name}</td>
            <td>${title}</td>
            <td class="n">${checked}</td>
            <td class="n ${violations.length === 0 ? 'good' : 'bad'}">${violations.length}</td>
          </tr>`,
      )}
    </table>
  </div>`;

function floorTable({ floors, missing }: Findings): Html {
  const word = ({ met, excluded }: Floor): Html =>
    excluded !== undefined
      ? html`<span class="quiet">${excluded}</span>`
      : met
        ? html`<span class="good">met</span>`
        : html`<span class="bad">missed</span>`;
  return html`<div class="wide">
      <table>
        <tr>
          <th>Floor</th>
          <th class="n">Wanted</th>
          <th class="n">Seen</th>
          <th></th>
        </tr>
        ${floors.map(
          (floor) =>
            html`<tr>
              <td>${floor.name}</td>
              <td class="n">${floor.wanted}</td>
              <td class="n">${floor.seen}</td>
              <td>${word(floor)}</td>
            </tr>`,
        )}
      </table>
    </div>
    ${missing.map((name) => html`<p class="bad">${name} is missing.</p>`)}`;
}

const fates = ({ fates: counts }: Findings): Html =>
  html`<p>
    ${Object.entries(counts)
      .map(([fate, count]) => `${count} ${fate}`)
      .join(' + ')}
  </p>`;

/** Amounts as each system has them; a difference is in the table of violations, or stands in the list of open reasons. */
const totals = (findings: Findings): Html =>
  html`<div class="wide">
      <table>
        <tr>
          <th>Retailer</th>
          <th>Currency</th>
          <th class="n">Orders in the ERP</th>
          <th class="n">Shop, minor units</th>
          <th class="n">ERP</th>
          <th class="n">CRM</th>
        </tr>
        ${findings.totals.map(
          ({ retailer, currency, orders, shopMinor, erpMinor, crmMinor }) =>
            html`<tr>
              <td>${retailer}</td>
              <td>${currency}</td>
              <td class="n">${orders}</td>
              <td class="n">${shopMinor}</td>
              <td class="n">${erpMinor}</td>
              <td class="n">${crmMinor}</td>
            </tr>`,
        )}
      </table>
    </div>
    <p class="quiet">
      Orders that an open reason covers, such as one edited after its release, may differ here.
    </p>`;

function violationsOf({ violations }: InvariantFindings): Html {
  const rest = violations.length - shown;
  return html`${violations.slice(0, shown).map(violation)}${rest > 0 ? html`<p class="quiet">and ${rest} more in report.json</p>` : null}`;
}

const violation = ({ invariant, kind, retailer, entity, what, history }: Violation): Html =>
  html`<details>
    <summary><b class="bad">${invariant} ${kind}</b> ${retailer} ${entity}: ${what}</summary>
    <pre>${history.join('\n')}</pre>
  </details>`;
