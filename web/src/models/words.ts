/** Tasks, families and numbers of models in plain words. */

const TASKS: Record<string, { title: string; help: string }> = {
  detection: { title: "Finds objects", help: "Gives a box, a class and a score for each object in a picture." },
  pose: { title: "Finds body points", help: "Gives the joints of a person: shoulders, knees and so on." },
  embedding: {
    title: "Tells who is who",
    help: "Gives a vector for a cut-out; the same person gives nearly the same vector.",
  },
  classification: { title: "Names a picture", help: "Gives one class for a whole picture." },
  recognition: { title: "Reads text", help: "Gives the letters of a line of text." },
};

// Names of families in lists; the wizard has the server's own words.
const FAMILIES: Record<string, string> = {
  yolox: "YOLOX",
  fastestdet: "FastestDet",
  generic: "described by its card",
  embedding: "embedding",
  "blazepose-detector": "BlazePose, people",
  "blazepose-landmarks": "BlazePose, body points",
};

export function taskTitle(task: string): string {
  return TASKS[task]?.title ?? task;
}

export function taskHelp(task: string): string {
  return TASKS[task]?.help ?? "";
}

export function familyTitle(family: string): string {
  return FAMILIES[family] ?? family;
}

export function runtimeTitle(runtime: string): string {
  return { onnx: "ONNX", tflite: "TensorFlow Lite" }[runtime] ?? runtime;
}

/** A metric's value: at most four digits that matter. */
export function metricText(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** `finds people` -> `Finds people.`: notes of cards are clauses. */
export function sentenceCase(text: string): string {
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
