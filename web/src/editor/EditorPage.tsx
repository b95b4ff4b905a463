export default function EditorPage() {
  return <main>Editor</main>;
}
