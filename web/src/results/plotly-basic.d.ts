declare module "plotly.js-basic-dist-min" {
  const Plotly: import("./plotly").PlotlyModule;
  export default Plotly;
}
