import type { Component } from "svelte";

/** An icon, as @lucide/svelte makes them: hidden from screen readers, because the words are on what holds it. */
export type Icon = Component<{ size?: number; strokeWidth?: number }>;
