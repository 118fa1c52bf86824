import { connect, type Socket } from 'node:net';

/** One keep-alive socket to the gateway with one request on it at a time. A socket that breaks is opened anew by the next request. */
export class Connection {
  readonly #port: number;
  #socket: Socket | null = null;
  #done: ((status: number) => void) | null = null;
  #read = '';

  constructor(port: number) {
    this.#port = port;
  }

  /** The status of the answer; 0 when there was none. */
  send(bytes: Buffer): Promise<number> {
    return new Promise((done) => {
      this.#done = done;
      this.#open().write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    if (this.#socket !== null) return this.#socket;
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#onData(text));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
      this.#finish(0);
    });
    this.#socket = socket;
    this.#read = '';
    return socket;
  }

  #onData(text: string): void {
    this.#read = this.#read === '' ? text : this.#read + text;
    const headEnd = this.#read.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#read)?.[1] ?? 0);
    if (this.#read.length < headEnd + 4 + length) return;
    const status = Number(this.#read.slice(9, 12));
    this.#read = '';
    this.#finish(status);
  }

  #finish(status: number): void {
    const done = this.#done;
    this.#done = null;
    done?.(status);
  }
}
