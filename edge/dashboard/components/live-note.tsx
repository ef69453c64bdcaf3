import type { ReactElement } from 'react';
import { POLL_SECONDS, useIsConnected } from '../api/live.ts';
import { t } from '../messages/en.ts';

/** How current the page is: at once, or every few seconds. */
export const LiveNote = (): ReactElement => (
  <span className="whitespace-nowrap">
    {useIsConnected() ? t.common.live : t.common.polling(POLL_SECONDS)}
  </span>
);
