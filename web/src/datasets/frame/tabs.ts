/** The pages of a data set, by what follows its address. */
export const TABS: { to: string; text: string }[] = [
  { to: "", text: "Look" },
  { to: "/health", text: "Health" },
  { to: "/queue", text: "Queue" },
  { to: "/errors", text: "Errors" },
  { to: "/augment", text: "Augment" },
  { to: "/agreement", text: "Agreement" },
];
