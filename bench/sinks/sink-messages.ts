import type { EffectKind, Effects, Finality } from './effect-log.ts';

/** `otherErp` is the ERP of the last retailer, so that the first one's can go away alone. */
export type SinkSystem = 'erp' | 'otherErp' | 'crm';
/** How the sinks are run: which dialect they speak and how long they let callers wait. Milliseconds. */
export type SinkSettings = {
  readonly dialect: 'platforms' | 'one-call';
  readonly erpMs: number;
  readonly crmMs: number;
  readonly otherMs: number;
  readonly finality: Finality;
};
export type SinkUrls = Readonly<Record<SinkSystem | 'shop', string>>;
export type SinkCounts = {
  readonly completed: number;
  readonly byKind: Readonly<Record<EffectKind, number>>;
  readonly requests: Readonly<Record<SinkSystem, number>>;
};

/** What the bench asks of the sinks' process, and its answers, over the channel between parent and child. */
export type SinkQuestion =
  | { readonly ask: 'counts' }
  | { readonly ask: 'effects' }
  | { readonly ask: 'down' | 'up'; readonly system: SinkSystem };
export type SinkAnswers = {
  readonly counts: SinkCounts;
  readonly effects: Effects;
  readonly down: null;
  readonly up: null;
};
