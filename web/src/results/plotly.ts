/** The few functions of Plotly that are used here, typed, and loaded only when a plot is shown. */

export type Trace = {
  type?: string;
  name?: string;
  x?: (number | null)[];
  y?: (number | string | null)[];
  visible?: boolean | "legendonly";
  line?: { color?: string; width?: number; dash?: string };
  marker?: { color?: string | string[]; size?: number; symbol?: string };
  [more: string]: unknown;
};
export type Layout = Record<string, unknown>;
export type Figure = { data: Trace[]; layout: Layout };
export type Config = Record<string, unknown>;
export type Relayout = Record<string, unknown>;

/** The drawn plot; `_fullLayout` tells where its axis lies in pixels, which Plotly says nowhere else. */
export type PlotElement = HTMLDivElement & {
  on(event: "plotly_relayout", run: (change: Relayout) => void): void;
  on(event: "plotly_afterplot", run: () => void): void;
  removeAllListeners?(event: string): void;
  _fullLayout?: { xaxis?: { _offset: number; _length: number; range: [number, number] } };
};

export type PlotlyModule = {
  react(root: HTMLElement, data: Trace[], layout: Layout, config: Config): Promise<PlotElement>;
  relayout(root: HTMLElement, change: Layout): Promise<PlotElement>;
  restyle(root: HTMLElement, change: Record<string, unknown>, traces?: number[]): Promise<PlotElement>;
  purge(root: HTMLElement): void;
  downloadImage(
    root: HTMLElement,
    options: { format: "png" | "svg"; filename: string; width: number; height: number; scale?: number },
  ): Promise<string>;
  Plots: { resize(root: HTMLElement): Promise<void> };
};

let loading: Promise<PlotlyModule> | null = null;

/** Plotly, fetched once; a failed fetch may be tried again. */
export function loadPlotly(): Promise<PlotlyModule> {
  loading ??= import("plotly.js-basic-dist-min")
    .then((module) => module.default)
    .catch((error: unknown) => {
      loading = null;
      throw error;
    });
  return loading;
}
