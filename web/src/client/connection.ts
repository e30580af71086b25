import { io, type Socket } from "socket.io-client";

import { KeepsakeError } from "./errors";
import type { ClientEvents, Joined, Message, OutgoingText, Refused, ServerEvents } from "./types";

/** How long an answer may take before the request counts as lost. */
const ANSWER_WITHIN_MS = 15_000;

/** How long to leave a server alone that has sent us away, as it does when it restarts. */
const COME_BACK_AFTER_MS = 1500;

type Unsubscribe = () => void;

/** The live side of Keepsake: typed events over Socket.IO, reconnecting by itself. */
export class Connection {
  private readonly socket: Socket<ServerEvents, ClientEvents>;
  private comingBack?: ReturnType<typeof setTimeout>;
  private wasReplaced = false;

  constructor(
    private token: string,
    baseUrl = "",
    path = "/socket.io",
  ) {
    const options = {
      path,
      auth: (give: (auth: object) => void) => give({ token: this.token }),
      autoConnect: false,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelayMax: 4000,
    };
    this.socket = baseUrl ? io(baseUrl, options) : io(options);
    this.socket.on("error", ({ code }) => {
      this.wasReplaced = code === "replaced";
    });
    // Socket.IO comes back by itself from every loss but this one. Nor does one that had to make room
    // for a newer window: the two would go on taking each other's place.
    this.socket.on("disconnect", (reason) => {
      if (reason !== "io server disconnect" || this.wasReplaced) return;
      this.comingBack = setTimeout(() => this.open(), COME_BACK_AFTER_MS);
    });
  }

  get isOpen(): boolean {
    return this.socket.connected;
  }

  open(): void {
    this.socket.connect();
  }

  /** Go on with another token of the same user, now and whenever the connection is made again. */
  renew(token: string): void {
    this.token = token;
    if (this.isOpen) this.socket.emit("auth", { token });
    else this.open();
  }

  close(): void {
    clearTimeout(this.comingBack);
    this.socket.disconnect();
  }

  /** Hear one kind of server event until the returned function is called. */
  on<Name extends keyof ServerEvents>(name: Name, listener: ServerEvents[Name]): Unsubscribe {
    // Socket.IO's own event map can't be indexed by a generic name.
    const socket = this.socket as unknown as Listening;
    socket.on(name, listener);
    return () => socket.off(name, listener);
  }

  /** Hear the connection come and go. */
  onChange(listener: (isOpen: boolean) => void): Unsubscribe {
    const opened = () => listener(true);
    const closed = () => listener(false);
    this.socket.on("connect", opened);
    this.socket.on("disconnect", closed);
    return () => {
      this.socket.off("connect", opened);
      this.socket.off("disconnect", closed);
    };
  }

  /** Hear that the server turned the token down; the connection won't come back by itself. */
  onRejected(listener: () => void): Unsubscribe {
    const failed = () => {
      if (!this.socket.active) listener();
    };
    this.socket.on("connect_error", failed);
    return () => this.socket.off("connect_error", failed);
  }

  /** Start hearing a conversation; answers what was said after `afterSeq`. */
  async join(conversationId: string, afterSeq?: number): Promise<Joined> {
    return this.answer(() =>
      this.patient.emitWithAck("conversation:join", { conversationId, afterSeq }),
    );
  }

  leave(conversationId: string): void {
    if (this.isOpen) this.socket.emit("conversation:leave", { conversationId });
  }

  /** Send a message; the answer means that it is stored. */
  async send(message: OutgoingText): Promise<Message> {
    const sent = await this.answer(() => this.patient.emitWithAck("message:send", message));
    return sent.message;
  }

  /** Ask for a reply again. */
  async regenerate(messageId: string): Promise<void> {
    await this.answer(() => this.patient.emitWithAck("message:regenerate", { messageId }));
  }

  /** Stop the running reply; what was written of it is kept. */
  async stopReply(conversationId: string): Promise<void> {
    await this.answer(() => this.patient.emitWithAck("generation:stop", { conversationId }));
  }

  private get patient() {
    return this.socket.timeout(ANSWER_WITHIN_MS);
  }

  private async answer<Value>(ask: () => Promise<Value | Refused>): Promise<Value> {
    if (!this.isOpen) throw KeepsakeError.unreachable();
    const answer = await ask().catch(() => {
      throw new KeepsakeError("no_answer", "Keepsake didn't answer in time.");
    });
    if (isRefused(answer)) throw KeepsakeError.fromProblem(answer.error);
    return answer;
  }
}

interface Listening {
  on(name: string, listener: unknown): void;
  off(name: string, listener: unknown): void;
}

function isRefused(answer: unknown): answer is Refused {
  return typeof answer === "object" && answer !== null && "error" in answer;
}
