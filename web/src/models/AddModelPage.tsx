/** Add a network of one's own in four steps. */

import { Anchor, Card, Stepper } from "@mantine/core";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { PageHeader } from "../shared/PageHeader";
import { FileStep } from "./FileStep";
import { GeometryStep } from "./GeometryStep";
import { IdentityStep } from "./IdentityStep";
import { TrialStep } from "./TrialStep";
import { useWizard } from "./useWizard";
import { STEPS } from "./wizard";

export default function AddModelPage() {
  const navigate = useNavigate();
  const wizard = useWizard();
  const [reached, setReached] = useState(0);
  const go = (step: number) => {
    setReached((old) => Math.max(old, step));
    wizard.setStep(step);
    window.scrollTo({ top: 0 });
  };
  return (
    <>
      <PageHeader
        title="Add a model"
        subtitle="Bring a network of your own as an .onnx or .tflite file; you see what it finds before you keep it."
        above={
          <Anchor component={Link} to="/models" size="sm">
            Models
          </Anchor>
        }
      />
      <Stepper
        active={wizard.step}
        onStepClick={go}
        size="sm"
        mb="lg"
        maw={860}
        allowNextStepsSelect={false}
        styles={{ steps: { flexWrap: "wrap", rowGap: 8 } }}
      >
        {STEPS.map((title, step) => (
          <Stepper.Step
            key={title}
            label={title}
            allowStepSelect={step <= reached && (step === 0 || wizard.draft !== null)}
          />
        ))}
      </Stepper>
      <Card padding="lg" maw={860}>
        {wizard.step === 0 && <FileStep wizard={wizard} onNext={() => go(1)} />}
        {wizard.step === 1 && <IdentityStep wizard={wizard} onBack={() => go(0)} onNext={() => go(2)} />}
        {wizard.step === 2 && <GeometryStep wizard={wizard} onBack={() => go(1)} onNext={go} />}
        {wizard.step === 3 && (
          <TrialStep
            wizard={wizard}
            onBack={() => go(2)}
            onDone={(name) => navigate(`/models/${encodeURIComponent(name)}`, { replace: true })}
          />
        )}
      </Card>
    </>
  );
}
