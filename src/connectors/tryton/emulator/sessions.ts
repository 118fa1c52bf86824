import { randomBytes } from 'node:crypto';
import type { Json, JsonObject } from '#canonical/json.ts';
import { HttpAnswer } from './errors.ts';

/** Failed logins after which the server answers 429 (seen: the seventh). */
const loginsBeforeLimit = 6;

/** Who is logged in to the emulated server. There is one user, number 1. */
export class Sessions {
  readonly #user: string;
  readonly #password: string;
  readonly #open = new Set<string>();
  #failed = 0;

  constructor(user: string, password: string) {
    this.#user = user;
    this.#password = password;
  }

  /** @throws HttpAnswer 401 for a wrong password, 429 after too many. */
  login([user, parameters]: readonly Json[]): Json {
    if (this.#failed >= loginsBeforeLimit) throw new HttpAnswer(429, 'Too Many Requests');
    if (user !== this.#user || (parameters as JsonObject)['password'] !== this.#password) {
      this.#failed += 1;
      throw new HttpAnswer(401, 'Unauthorized');
    }
    this.#failed = 0;
    const key = randomBytes(16).toString('hex');
    this.#open.add(`${this.#user}:1:${key}`);
    return [1, key];
  }

  /** The number of the user that the header speaks for. @throws HttpAnswer 401 */
  authorized(header: string | undefined): number {
    const session = Buffer.from(header?.replace(/^Session /, '') ?? '', 'base64').toString('latin1');
    if (!this.#open.has(session)) throw new HttpAnswer(401, 'Unauthorized');
    return 1;
  }

  expire(): void {
    this.#open.clear();
  }
}
