import { wasimBinary } from "./paths";
import { Program } from "./program";

interface Ready {
  endpoint: string;
  rootKey: string;
  control: string;
}

/** A message as a simulated phone has it. */
export interface PhoneMessage {
  id: string;
  peer: string;
  fromMe: boolean;
  text: string;
  kind?: string;
  state: string;
  read: boolean;
}

/** What a phone tells after it scanned a code. */
export interface ScanResult {
  linked: boolean;
  refusedCode?: string;
  refusedText?: string;
}

/** A simulated phone: one of ours, or a contact's. */
export class Phone {
  readonly number: string;
  #simulator: Simulator;

  constructor(simulator: Simulator, number: string) {
    this.#simulator = simulator;
    this.number = number;
  }

  scan(qr: string): Promise<ScanResult> {
    return this.#call("scan", { qr });
  }

  /** Types the code that a client shows. */
  enterCode(code: string): Promise<ScanResult> {
    return this.#call("enter-code", { code });
  }

  write(to: Phone, text: string): Promise<{ id: string }> {
    return this.#call("send", { to: to.number, text });
  }

  burst(to: Phone, prefix: string, count: number): Promise<{ ids: string[] }> {
    return this.#call("burst", { to: to.number, prefix, count });
  }

  read(peer: Phone): Promise<{ count: number }> {
    return this.#call("read", { peer: peer.number });
  }

  /** The chat with somebody, as this phone has it. */
  messages(peer: Phone): Promise<PhoneMessage[]> {
    const query = new URLSearchParams({ peer: peer.number });
    return this.#simulator.get(`/phones/${this.#path}/messages?${query.toString()}`);
  }

  /** The file of a message in the chat with somebody, decrypted. */
  async file(peer: Phone, id: string): Promise<Buffer> {
    const query = new URLSearchParams({ peer: peer.number });
    const { data } = await this.#simulator.get<{ data: string }>(
      `/phones/${this.#path}/media/${id}?${query.toString()}`,
    );
    return Buffer.from(data, "base64");
  }

  /** The network between the service and the devices linked to this phone. */
  network(on: boolean): Promise<unknown> {
    return this.#call("network", { on });
  }

  unlink(): Promise<{ count: number }> {
    return this.#call("unlink", { device: 0 });
  }

  /** WhatsApp lets this number write to nobody new for so long; 0 ends it. */
  timeLock(seconds: number): Promise<unknown> {
    return this.#call("time-lock", { kind: "", seconds });
  }

  async linked(): Promise<number> {
    const view = await this.#simulator.get<{ devices: unknown[] | null }>(`/phones/${this.#path}`);
    return view.devices?.length ?? 0;
  }

  get #path(): string {
    return this.number.slice(1);
  }

  #call<T>(action: string, body: unknown): Promise<T> {
    return this.#simulator.post(`/phones/${this.#path}/${action}`, body);
  }
}

/** A simulated WhatsApp in a process of its own. */
export class Simulator {
  #program: Program<Ready>;

  private constructor(program: Program<Ready>) {
    this.#program = program;
  }

  static async start(): Promise<Simulator> {
    return new Simulator(await Program.start<Ready>(wasimBinary(), ["--with-stdin"]));
  }

  get endpoint(): string {
    return this.#program.ready.endpoint;
  }

  get rootKey(): string {
    return this.#program.ready.rootKey;
  }

  /** Adds a phone with a number in international form. */
  async phone(number: string, name: string): Promise<Phone> {
    await this.post("/phones", { number, name });
    return new Phone(this, number);
  }

  /** The phone that was added with this number. */
  at(number: string): Phone {
    return new Phone(this, number);
  }

  /** Makes the service misbehave. */
  fault(fault: Record<string, unknown>): Promise<unknown> {
    return this.post("/faults", fault);
  }

  /** What happened lately, for people, with the seed. */
  async transcript(): Promise<string> {
    return (await fetch(`${this.#program.ready.control}/transcript`)).text();
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  get<T>(path: string): Promise<T> {
    return this.#request(path, {});
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#request(path, { method: "POST", body: JSON.stringify(body) });
  }

  async #request<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(this.#program.ready.control + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }
}
