import type { SandboxProfile } from '../../../../shared/session-status.ts';
import { createWwebjsEngine } from '../engine.ts';
import type { WwebjsEngineDeps } from '../engine-deps.ts';
import { testChromium } from './env.ts';
import { SandboxLink, type TestSandbox } from './sandbox-link.ts';

/** A session whose engines run in this process. */
export const engineLink = (
  sandbox: TestSandbox,
  profile: SandboxProfile,
  deps: Partial<WwebjsEngineDeps> = {},
): SandboxLink =>
  new SandboxLink(sandbox, profile, (options, emit) =>
    createWwebjsEngine(options, emit, {
      chromiumPath: testChromium(),
      sandboxArgs: sandbox.chromiumArgs(profile),
      log: () => undefined,
      ...deps,
    }),
  );
