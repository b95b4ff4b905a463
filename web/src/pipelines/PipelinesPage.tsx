export default function PipelinesPage() {
  return <main>Pipelines</main>;
}
