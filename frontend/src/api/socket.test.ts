import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CallError } from "./problem";
import { socketTransport, UNREACHABLE } from "./socket";

/** The browser's end of a WebSocket, moved by hand. */
class Socket {
  static all: Socket[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  closed = false;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    Socket.all.push(this);
  }

  close(): void {
    this.closed = true;
    this.onclose?.();
  }
}

const last = (): Socket => {
  const socket = Socket.all.at(-1);
  if (socket === undefined) throw new Error("no socket");
  return socket;
};

async function refused(response: Response | Error): Promise<string> {
  vi.stubGlobal("fetch", () => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)));
  const error = await socketTransport("http://127.0.0.1:1")
    .call("App.Info", [])
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CallError);
  return (error as CallError).problem.code;
}

describe("calls from a browser", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("are posted with the header that other pages cannot send", async () => {
    const fetched = vi.fn<typeof fetch>().mockResolvedValue(new Response('{"id":3}'));
    vi.stubGlobal("fetch", fetched);
    const answer = await socketTransport("http://127.0.0.1:1").call("Fleet.CreateSubaccount", ["Ana"]);
    expect(answer).toEqual({ id: 3 });
    const [url, request] = fetched.mock.calls[0] ?? [];
    expect(url).toBe("http://127.0.0.1:1/api/call/Fleet.CreateSubaccount");
    expect(request).toMatchObject({ method: "POST", body: '["Ana"]', credentials: "same-origin" });
    expect(request?.headers).toMatchObject({ "X-Waflow": "1" });
  });

  it("may answer nothing", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 200 })));
    expect(await socketTransport("http://127.0.0.1:1").call("Fleet.Pause", [1])).toBeUndefined();
  });

  it("are refused with the engine's own words, or by what the answer says", async () => {
    expect(await refused(new Response('{"code":"conflict"}', { status: 409 }))).toBe("conflict");
    expect(await refused(new Response("no", { status: 401 }))).toBe("unauthorized");
    expect(await refused(new Response("<html>", { status: 502 }))).toBe("internal");
    expect(await refused(new TypeError("network"))).toBe(UNREACHABLE);
  });
});

describe("events in a browser", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    Socket.all = [];
    vi.stubGlobal("WebSocket", Socket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("come again after the connection was lost, and stop when told to", () => {
    const listener = { connected: vi.fn(), lost: vi.fn(), batch: vi.fn(), openDevice: vi.fn() };
    const stop = socketTransport("https://127.0.0.1:1").listen(listener);
    expect(last().url).toBe("wss://127.0.0.1:1/api/events");
    last().onopen?.();
    last().onmessage?.({ data: '{"type":"batch","batch":{"first":1,"seq":2,"changes":[]}}' });
    last().onmessage?.({ data: '{"type":"something later"}' });
    expect(listener.batch).toHaveBeenCalledTimes(1);
    last().onclose?.();
    expect(listener.lost).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(250);
    expect(Socket.all).toHaveLength(2);
    last().onopen?.();
    expect(listener.connected).toHaveBeenCalledTimes(2);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(Socket.all).toHaveLength(2);
    expect(last().closed).toBe(true);
    expect(listener.lost).toHaveBeenCalledTimes(1);
  });

  it("are tried less and less often, and never given up", () => {
    const listener = { connected: vi.fn(), lost: vi.fn(), batch: vi.fn(), openDevice: vi.fn() };
    const stop = socketTransport("http://127.0.0.1:1").listen(listener);
    const gone = () => last().onclose?.();
    for (const wait of [250, 500, 1000, 2000, 3000, 3000]) {
      const before = Socket.all.length;
      gone();
      vi.advanceTimersByTime(wait - 1);
      expect(Socket.all).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(Socket.all).toHaveLength(before + 1);
    }
    stop();
  });
});
