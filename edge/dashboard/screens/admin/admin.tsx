import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { meQuery } from '../../api/me.ts';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { t } from '../../messages/en.ts';
import { People } from './people.tsx';
import { Runners } from './runners.tsx';
import { AllSessions } from './sessions.tsx';
import { Workspaces } from './workspaces.tsx';

const text = t.admin;
const TABS = ['runners', 'workspaces', 'sessions', 'people'] as const;
const PATHS = {
  runners: '/v1/admin/runners',
  workspaces: '/v1/admin/workspaces',
  sessions: '/v1/admin/sessions',
  people: '/v1/admin/users',
} as const;

export function Admin(): ReactElement {
  const { tab } = useSearch({ from: '/shell/administration' });
  const { data: me } = useQuery(meQuery);
  const current = TABS.find((name) => name === tab) ?? 'runners';
  if (me?.isAdmin !== true)
    return (
      <Page title={text.title}>
        <p role="alert" className="rounded-md border bg-raised px-4 py-3">
          {text.only}
        </p>
      </Page>
    );
  return (
    <Page
      title={text.title}
      lead={text.lead}
      actions={<ShowCall calls={[{ method: 'GET', path: PATHS[current] }]} />}
    >
      <Tabs
        label={text.title}
        current={current}
        tabs={TABS.map((id) => ({ id, label: text.tabs[id] }))}
      />
      {current === 'runners' && <Runners />}
      {current === 'workspaces' && <Workspaces />}
      {current === 'sessions' && <AllSessions />}
      {current === 'people' && <People />}
    </Page>
  );
}
