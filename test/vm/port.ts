import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** One serial port of a guest, on a Unix socket that qemu connects to. What arrives is kept until somebody takes it. */
export class Port {
  readonly #server: Server;
  readonly #connected: Promise<Socket>;
  #received = Buffer.alloc(0);
  #wake: () => void = () => {};
  /** Hears what arrives, at once and in pieces. */
  heard: (text: string) => void = () => {};
  #socket: Socket | undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.#connected = once(server, "connection").then(([socket]: Socket[]) => {
      this.#socket = socket as Socket;
      this.#socket.on("error", () => {});
      this.#socket.on("data", (bytes: Buffer) => {
        this.#received = Buffer.concat([this.#received, bytes]);
        this.heard(bytes.toString());
        this.#wake();
      });
      return this.#socket;
    });
    // Only a write waits for it; a guest that never connects is reported by its own end.
    this.#connected.catch(() => {});
  }

  static async listen(path: string): Promise<Port> {
    const server = createServer();
    server.listen(path);
    await once(server, "listening");
    return new Port(server);
  }

  async write(text: string): Promise<void> {
    (await this.#connected).write(text);
  }

  /** Takes everything up to an end mark, which is dropped. Waits until it is there. */
  async until(mark: string): Promise<Buffer> {
    for (let from = 0; ; ) {
      const at = this.#received.indexOf(mark, from);
      if (at >= 0) {
        const taken = Buffer.from(this.#received.subarray(0, at));
        this.#received = this.#received.subarray(at + mark.length);
        return taken;
      }
      from = Math.max(0, this.#received.length - mark.length);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What arrived and was not taken. */
  get rest(): string {
    return this.#received.toString();
  }

  close(): void {
    this.#server.close();
    this.#socket?.destroy();
  }
}
