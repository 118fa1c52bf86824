/** What one direction of a link does with the bytes that come through it. */
export type FlowFault =
  /** Every byte comes so much later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** One byte a second. */
  | { readonly kind: 'trickle' }
  /** Nothing comes through, nobody is told: a partition, or a peer that hangs. */
  | { readonly kind: 'black-hole' };

/** What happens to a link: to its connections as a whole, or to the bytes of one or both directions. */
export type LinkFault =
  | { readonly kind: 'flow'; readonly toServer?: FlowFault; readonly toClient?: FlowFault }
  /** New connections are refused, those that are open are cut. */
  | { readonly kind: 'refuse' }
  /** Each answer is cut by a reset after so many of its bytes. */
  | { readonly kind: 'reset-mid-body'; readonly afterBytes: number };

/** The faults that hold on one link at the moment; several may. */
export class LinkFaults {
  readonly #active = new Set<LinkFault>();
  readonly #changed = new Set<() => void>();

  /** Adds a fault; the answer takes it away again. */
  add(fault: LinkFault): () => void {
    this.#active.add(fault);
    this.#tell();
    return () => {
      if (this.#active.delete(fault)) this.#tell();
    };
  }

  get refuses(): boolean {
    return [...this.#active].some(({ kind }) => kind === 'refuse');
  }
  /** Bytes after which an answer is cut; null: it is not. */
  get resetAfterBytes(): number | null {
    const cuts = [...this.#active].flatMap((fault) =>
      fault.kind === 'reset-mid-body' ? [fault.afterBytes] : [],
    );
    return cuts.length === 0 ? null : Math.min(...cuts);
  }
  /** What one direction suffers; latencies add up. */
  flow(direction: 'toServer' | 'toClient'): {
    readonly latencyMs: number;
    readonly trickles: boolean;
    readonly isClosed: boolean;
  } {
    const flows = [...this.#active].flatMap((fault) =>
      fault.kind === 'flow' && fault[direction] !== undefined ? [fault[direction]] : [],
    );
    return {
      latencyMs: flows.reduce((sum, flow) => sum + (flow.kind === 'latency' ? flow.ms : 0), 0),
      trickles: flows.some(({ kind }) => kind === 'trickle'),
      isClosed: flows.some(({ kind }) => kind === 'black-hole'),
    };
  }

  /** Calls back at each change, until the answer is called. */
  watch(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => void this.#changed.delete(changed);
  }

  #tell(): void {
    for (const changed of this.#changed) changed();
  }
}
