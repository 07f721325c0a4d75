import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { CallError } from "../../api/problem";
import type { Cleanup } from "../../api/types";
import { Storage, type StorageCalls } from "../../state/storage.svelte";
import { sampleSubaccount } from "../../test/samples";
import StorageCard from "./StorageCard.svelte";

const MB = 1_000_000;
const outlook: Cleanup = {
  files: 2,
  bytes: 3 * MB,
  most: [{ conversation: 7, title: "Ana Beltrán", files: 2, bytes: 3 * MB }],
};
const nothing: Cleanup = { files: 0, bytes: 0, most: [] };

function show(part: Partial<StorageCalls> = {}) {
  const calls = {
    use: vi.fn<StorageCalls["use"]>(async () => ({
      subaccounts: [
        { subaccount: 1, pictures: 5 * MB, videos: 0, voice: MB, documents: 0, rule: { days: 0, bytes: 0 } },
      ],
      messages: 9 * MB,
      backups: 0,
      sessions: MB,
      free: 2000 * MB,
    })),
    try: vi.fn<StorageCalls["try"]>(async (_, { days }) => (days === 365 ? outlook : nothing)),
    clear: vi.fn<StorageCalls["clear"]>(async () => outlook),
    setRule: vi.fn<StorageCalls["setRule"]>(async () => undefined),
  };
  render(StorageCard, {
    storage: new Storage({ ...calls, ...part }),
    subaccounts: [sampleSubaccount({ id: 1, name: "Hotel Miramar" })],
  });
  return calls;
}

it("shows what files take by whose and what they are, and the rest", async () => {
  show();
  const row = await screen.findByTestId("storage-1");
  expect(row).toHaveTextContent(/^Hotel Miramar\s*5 MB\s*–\s*1 MB\s*–\s*6 MB\s*Keep everything/);
  expect(screen.getByText("Messages 9 MB, backups –, sessions 1 MB")).toBeVisible();
  expect(screen.getByText("2 GB")).toBeVisible();
});

it("says which files would go, and removes them only then", async () => {
  const calls = show();
  await userEvent.click(await screen.findByTestId("storage-clean"));
  expect(await screen.findByText("2 files with 3 MB would go.")).toBeVisible();
  expect(screen.getByText("Ana Beltrán")).toBeVisible();
  expect(calls.clear).not.toHaveBeenCalled();
  await userEvent.click(screen.getByTestId("cleanup-go"));
  expect(await screen.findByText("2 files with 3 MB are gone.")).toBeVisible();
  expect(calls.clear.mock.calls).toEqual([[0, { days: 365, bytes: 0 }]]);
  expect(screen.queryByTestId("cleanup-go")).toBeNull();
  await waitFor(() => expect(calls.use).toHaveBeenCalledTimes(2));
});

it("removes nothing where there is nothing", async () => {
  show({ try: async () => nothing });
  await userEvent.click(await screen.findByTestId("storage-clean"));
  expect(await screen.findByText("There are no such files.")).toBeVisible();
  expect(screen.getByTestId("cleanup-go")).toBeDisabled();
});

it("says why nothing was removed", async () => {
  const clear = vi
    .fn<StorageCalls["clear"]>()
    .mockRejectedValue(new CallError({ code: "disk_full", message: "", detail: {}, action: "" }));
  show({ clear });
  await userEvent.click(await screen.findByTestId("storage-clean"));
  await screen.findByText("2 files with 3 MB would go.");
  await userEvent.click(screen.getByTestId("cleanup-go"));
  await waitFor(() => expect(screen.getByTestId("cleanup-told")).not.toHaveTextContent("would go"));
  expect(screen.getByTestId("cleanup-go")).toBeEnabled();
});
