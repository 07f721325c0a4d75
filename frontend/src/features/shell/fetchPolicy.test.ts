import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import FetchFields from "./FetchFields.svelte";

it("says which files are downloaded by themselves, and up to which size", async () => {
  const policy = { pictures: true, voice: true, videos: false, documents: false, max: 7 << 20 };
  const onchange = vi.fn();
  render(FetchFields, { policy, onchange });
  expect(screen.getByRole("group", { name: "Download by itself" })).toBeInTheDocument();
  expect(screen.getByTestId("fetch-max")).toHaveTextContent("Up to 7 MB");
  expect(screen.getByRole("checkbox", { name: "Photos" })).toBeChecked();
  await userEvent.click(screen.getByRole("checkbox", { name: "Videos" }));
  expect(onchange).toHaveBeenCalledExactlyOnceWith({ ...policy, videos: true });
});
