import type { Attachment, AttachmentHints, Message, OutgoingFile, Problem } from "../api/types";
import { CallError, problemOf } from "../api/problem";
import { playTime, posterOf } from "../lib/playable";

/** How much of a file is sent to the engine at once. */
const PIECE = 2 << 20;

/** The largest document that WhatsApp takes, in bytes. */
const MOST = 2 * 1024 ** 3;

/** What attaching asks of the engine. */
export interface AttachCalls {
  attach(conversation: number, name: string, size: number): Promise<string>;
  sendPiece(id: string, at: number, bytes: ArrayBuffer): Promise<void>;
  sendPoster(id: string, picture: Blob): Promise<void>;
  attached(id: string, hints: AttachmentHints): Promise<Attachment>;
  detach(id: string): Promise<void>;
  sendFile(conversation: number, file: OutgoingFile, wall: string, zone: string): Promise<Message>;
}

/** One file in the strip: on its way to the engine, ready, or refused. */
export class AttachedFile {
  readonly file: File;
  readonly name: string;
  /** An address of it within this page; "" once it is let go of. */
  url: string;
  /** Percent of it that the engine has. */
  taken = $state(0);
  is = $state.raw<Attachment | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Its bytes are to go as they are. */
  document = $state(false);
  /** The engine's name for it; "" until it has one. */
  id = "";
  /** It was taken out of the strip. */
  gone = false;

  constructor(file: File) {
    this.file = file;
    this.name = file.name;
    this.url = URL.createObjectURL(file);
  }

  /** It can have what is written as its caption. */
  get captions(): boolean {
    return this.document || (this.is?.captions ?? true);
  }

  /** Lets go of the page's copy. */
  release(): void {
    this.gone = true;
    if (this.url !== "") URL.revokeObjectURL(this.url);
    this.url = "";
  }
}

/** The files that are attached to what is written in one conversation. */
export class Attachments {
  readonly conversation: number;
  items = $state.raw<readonly AttachedFile[]>([]);
  /** All of them can go. */
  readonly ready = $derived(this.items.every((item) => item.is !== null));
  /** The first file can have what is written as its caption. */
  readonly captions = $derived(this.items[0]?.captions ?? true);

  #calls: AttachCalls;
  // Files go to the engine one after the other, in their order.
  #queue: Promise<unknown> = Promise.resolve();

  constructor(conversation: number, calls: AttachCalls) {
    this.conversation = conversation;
    this.#calls = calls;
  }

  /** Attaches files, which then go to the engine. Returns once all of them are there or refused. */
  add(files: readonly File[]): Promise<void> {
    const added = files.map((file) => new AttachedFile(file));
    this.items = [...this.items, ...added];
    return Promise.all(added.map((item) => this.#take(item))).then(() => undefined);
  }

  /** Takes a file out of the strip. */
  async remove(item: AttachedFile): Promise<void> {
    this.items = this.items.filter((other) => other !== item);
    item.release();
    if (item.id === "") return;
    try {
      await this.#calls.detach(item.id);
    } catch {
      // The engine lets go of it when it ends.
    }
  }

  /** Queues one file as a message. Rejects with a CallError when it is refused; then it stays in the strip. */
  async send(item: AttachedFile, caption: string, wall: string, zone: string): Promise<Message> {
    const file = { attachment: item.id, document: item.document, caption };
    const message = await this.#calls.sendFile(this.conversation, file, wall, zone);
    this.items = this.items.filter((other) => other !== item);
    item.release();
    return message;
  }

  /** Sends a voice note that was recorded here, without touching the strip. */
  async sendVoice(file: File, waveform: number[]): Promise<Message> {
    const item = new AttachedFile(file);
    try {
      await this.#carry(item);
      await this.#calls.attached(item.id, { voice: true, waveform, seconds: 0 });
      return await this.#calls.sendFile(
        this.conversation,
        { attachment: item.id, document: false, caption: "" },
        "",
        "",
      );
    } finally {
      item.release();
    }
  }

  #take(item: AttachedFile): Promise<void> {
    const turn = this.#queue.then(async () => {
      try {
        await this.#carry(item);
        if (item.gone) return;
        const hints = await this.#look(item);
        item.is = await this.#calls.attached(item.id, hints);
      } catch (error) {
        item.problem = problemOf(error);
      }
    });
    this.#queue = turn;
    return turn;
  }

  // Piece by piece, so that a large file is never in memory as a whole.
  async #carry(item: AttachedFile): Promise<void> {
    const { file } = item;
    if (item.gone) return;
    if (file.size === 0) throw refused("file_empty");
    if (file.size > MOST) throw refused("file_too_large");
    item.id = await this.#calls.attach(this.conversation, item.name, file.size);
    for (let at = 0; at < file.size && !item.gone; at += PIECE) {
      const piece = await bytesOf(file.slice(at, at + PIECE));
      await this.#calls.sendPiece(item.id, at, piece);
      item.taken = Math.round((Math.min(at + PIECE, file.size) / file.size) * 100);
    }
    if (item.gone) await this.#calls.detach(item.id);
  }

  async #look(item: AttachedFile): Promise<AttachmentHints> {
    const hints: AttachmentHints = { voice: false, waveform: [], seconds: 0 };
    if (item.file.type.startsWith("audio/")) hints.seconds = await playTime(item.url);
    if (item.file.type.startsWith("video/")) {
      const poster = await posterOf(item.url);
      if (poster !== undefined) await this.#calls.sendPoster(item.id, poster);
    }
    return hints;
  }
}

// A file can be moved or changed after it was chosen.
async function bytesOf(piece: Blob): Promise<ArrayBuffer> {
  try {
    return await piece.arrayBuffer();
  } catch {
    throw refused("file_unreadable");
  }
}

const refused = (code: string) => new CallError({ code, message: "", detail: {}, action: "" });
