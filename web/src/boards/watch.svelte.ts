// Keeps the details of boards fresh while somebody looks at them: all of them as
// often as boards tell their figures, and the one that takes another firmware, or
// whose record has changed, every second. Never more than one request at a time.

import { type Details, fetchDetails, underWay } from './details';

/** ms; boards tell their figures as often. */
const allEvery = 30_000;
const oneEvery = 1_000;

export class BoardWatch {
  details = $state.raw<ReadonlyMap<string, Details>>(new Map());

  readonly #fetch: typeof fetchDetails;
  readonly #wanted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running = false;
  #allAt = 0;

  constructor(fetch: typeof fetchDetails = fetchDetails) {
    this.#fetch = fetch;
  }

  /** Begins with all of them; the result ends it. */
  start(): () => void {
    this.#running = true;
    this.#allAt = 0;
    void this.#turn();
    return () => {
      this.#running = false;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  /** Something about this board is new. */
  changed(id: string): void {
    this.#wanted.add(id);
    if (this.#timer !== null) this.#sleep(0);
  }

  async #turn(): Promise<void> {
    this.#timer = null;
    if (Date.now() >= this.#allAt) {
      this.#allAt = Date.now() + allEvery;
      this.#wanted.clear();
      const all = await this.#fetch();
      if (all !== null) this.details = new Map(all.map((d) => [d.id, d]));
    } else {
      const ids = [...new Set([...this.#wanted, ...this.#busy()])];
      this.#wanted.clear();
      for (const id of ids) if (this.#running) this.#learn(await this.#fetch(id));
    }
    if (this.#running && this.#timer === null) this.#sleep(this.#pause());
  }

  #learn(known: readonly Details[] | null): void {
    if (known === null || known.length === 0) return;
    this.details = new Map([...this.details, ...known.map((d) => [d.id, d] as const)]);
  }

  #busy(): string[] {
    return [...this.details.values()].filter((d) => underWay(d.update)).map((d) => d.id);
  }

  #pause(): number {
    const left = Math.max(0, this.#allAt - Date.now());
    return this.#wanted.size > 0 || this.#busy().length > 0 ? Math.min(left, oneEvery) : left;
  }

  #sleep(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#turn(), ms);
  }
}
