import { afterEach, beforeEach } from 'vitest';
import { Stage } from './harness.ts';

/** A fresh stage with a running edge for each test; a failed test prints what the runner logged. */
export function useStage(options?: ConstructorParameters<typeof Stage>[0]): () => Stage {
  let stage: Stage | null = null;
  beforeEach(async () => {
    stage = new Stage(options);
    await stage.edge.start();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(stage?.logged.join('') ?? '');
    await stage?.end();
  });
  return () => {
    if (stage === null) throw new Error('no test is running');
    return stage;
  };
}
