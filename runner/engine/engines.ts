import type { SessionEngine } from '../../shared/session-status.ts';
import type { EngineMaker } from './port.ts';
import { WwebjsSettings } from './wwebjs/engine-deps.ts';
import { createWwebjsEngine } from './wwebjs/engine.ts';

/** How each kind of engine is made. Only a session's process loads this: a runner needs no library for it. */
export const ENGINES: Readonly<Record<SessionEngine, EngineMaker>> = {
  wwebjs: (options, emit, { settings, log, onProcess }) =>
    createWwebjsEngine(options, emit, {
      ...WwebjsSettings.parse(settings),
      log,
      onBrowser: onProcess,
    }),
};
