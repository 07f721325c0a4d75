import { toast } from "svelte-sonner";
import ToastCard from "./ToastCard.svelte";

/** How long a toast stays, in milliseconds. */
const SHOWN_MS = 8000;

/** What a toast says, and the one thing it offers. */
export interface ToastWords {
  title: string;
  text?: string;
  action?: { label: string; onact: () => void };
}

/** Shows a toast: something was done and can be undone, or was refused. */
export function showToast(words: ToastWords): void {
  const id: string | number = toast.custom(ToastCard, {
    duration: SHOWN_MS,
    componentProps: { ...words, onclose: () => toast.dismiss(id) },
  });
}
