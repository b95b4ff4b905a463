import { lazy, Suspense } from "react";
import { Route, Routes } from "react-router";
import { AppFrame, Padded } from "./shell/AppFrame";
import { Loading } from "./shell/Loading";
import { NotFound } from "./shell/NotFound";

const HomePage = lazy(() => import("./home/HomePage"));
const VideosPage = lazy(() => import("./videos/VideosPage"));
const PipelinesPage = lazy(() => import("./pipelines/PipelinesPage"));
const EditorPage = lazy(() => import("./editor/EditorPage"));
const RunsPage = lazy(() => import("./runs/RunsPage"));
const RunPage = lazy(() => import("./runs/RunPage"));
const ResultPage = lazy(() => import("./results/ResultPage"));
const ComparePage = lazy(() => import("./results/ComparePage"));
const DatasetsPage = lazy(() => import("./datasets/DatasetsPage"));
const DatasetFrame = lazy(() => import("./datasets/frame/DatasetFrame"));
const LookPage = lazy(() => import("./datasets/look/LookPage"));
const HealthPage = lazy(() => import("./datasets/health/HealthPage"));
const QueuePage = lazy(() => import("./datasets/queue/QueuePage"));
const ErrorsPage = lazy(() => import("./datasets/errors/ErrorsPage"));
const StudyPage = lazy(() => import("./datasets/errors/StudyPage"));
const TagPage = lazy(() => import("./datasets/errors/tagging/TagPage"));
const AugmentPage = lazy(() => import("./datasets/augment/AugmentPage"));
const AgreementPage = lazy(() => import("./datasets/agreement/AgreementPage"));
const ModelsPage = lazy(() => import("./models/ModelsPage"));
const AddModelPage = lazy(() => import("./models/AddModelPage"));
const ModelPage = lazy(() => import("./models/ModelPage"));
const ExperimentsPage = lazy(() => import("./experiments/ExperimentsPage"));
const ExperimentRunPage = lazy(() => import("./experiments/RunPage"));
const CompareRunsPage = lazy(() => import("./experiments/ComparePage"));
const WallPage = lazy(() => import("./live/WallPage"));
const CameraPage = lazy(() => import("./live/CameraPage"));
const AlarmsPage = lazy(() => import("./alarms/AlarmsPage"));
const AlarmSummaryPage = lazy(() => import("./alarms/SummaryPage"));
const SettingsPage = lazy(() => import("./people/SettingsPage"));
const SignInPage = lazy(() => import("./people/SignInPage"));

/** Every page by its address. */
export function App() {
  return (
    <Routes>
      <Route
        path="/sign-in"
        element={
          <Suspense fallback={<Loading />}>
            <SignInPage />
          </Suspense>
        }
      />
      <Route element={<AppFrame />}>
        <Route path="/pipelines/new" element={<EditorPage />} />
        <Route path="/pipelines/:id" element={<EditorPage />} />
        <Route path="/datasets/:id" element={<DatasetFrame />}>
          <Route index element={<LookPage />} />
          <Route path="health" element={<HealthPage />} />
          <Route path="queue" element={<QueuePage />} />
          <Route path="errors" element={<ErrorsPage />} />
          <Route path="errors/:study" element={<StudyPage />} />
          <Route path="errors/:study/tag" element={<TagPage />} />
          <Route path="augment" element={<AugmentPage />} />
          <Route path="agreement" element={<AgreementPage />} />
        </Route>
        <Route element={<Padded />}>
          <Route path="/" element={<HomePage />} />
          <Route path="/videos" element={<VideosPage />} />
          <Route path="/pipelines" element={<PipelinesPage />} />
          <Route path="/runs" element={<RunsPage />} />
          <Route path="/runs/:id" element={<RunPage />} />
          <Route path="/datasets" element={<DatasetsPage />} />
          <Route path="/models" element={<ModelsPage />} />
          <Route path="/models/add" element={<AddModelPage />} />
          <Route path="/models/:name" element={<ModelPage />} />
          <Route path="/alarms/summary" element={<AlarmSummaryPage />} />
          <Route path="/settings/*" element={<SettingsPage />} />
          <Route path="*" element={<NotFound />} />
        </Route>
        <Route element={<Padded wide />}>
          <Route path="/wall" element={<WallPage />} />
          <Route path="/wall/:name" element={<CameraPage />} />
          <Route path="/alarms/:id?" element={<AlarmsPage />} />
          <Route path="/results/:id" element={<ResultPage />} />
          <Route path="/compare" element={<ComparePage />} />
          <Route path="/experiments" element={<ExperimentsPage />} />
          <Route path="/experiments/runs/:run" element={<ExperimentRunPage />} />
          <Route path="/experiments/compare" element={<CompareRunsPage />} />
        </Route>
      </Route>
    </Routes>
  );
}
