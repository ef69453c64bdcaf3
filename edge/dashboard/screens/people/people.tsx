import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Page } from '../../components/page.tsx';
import { NotOnline, SessionSelect, useSession } from '../../components/session-select.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Loading } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { t } from '../../messages/en.ts';
import { CheckNumbers } from './check-numbers.tsx';
import { Contacts } from './contacts.tsx';
import { Groups } from './groups.tsx';

const text = t.people;
const TABS = ['contacts', 'groups', 'check'] as const;

export function People(): ReactElement {
  const search = useSearch({ from: '/shell/contacts' });
  const { session, sessions } = useSession(search.sessionId);
  const navigate = useNavigate();
  const tab = TABS.find((name) => name === search.tab) ?? 'contacts';
  const calls = {
    contacts: { method: 'GET', path: `/v1/contacts?sessionId=${session?.name ?? ''}` },
    groups: { method: 'GET', path: `/v1/groups?sessionId=${session?.name ?? ''}` },
    check: {
      method: 'POST',
      path: '/v1/contacts/check',
      body: { sessionId: session?.name, numbers: ['+15550100010'] },
    },
  } as const;
  return (
    <Page title={text.title} lead={text.lead} actions={<ShowCall calls={[calls[tab]]} />}>
      {sessions === undefined && <Loading />}
      {sessions !== undefined && session !== undefined && (
        <div className="max-w-sm">
          <SessionSelect
            sessions={sessions}
            value={session.id}
            onChoose={(sessionId) => void navigate({ to: '/contacts', search: { sessionId, tab } })}
          />
        </div>
      )}
      {sessions !== undefined && session?.status !== 'online' && <NotOnline session={session} />}
      {session?.status === 'online' && (
        <>
          <Tabs
            label={text.title}
            current={tab}
            tabs={TABS.map((id) => ({ id, label: text.tabs[id] }))}
            keep={{ sessionId: session.id }}
          />
          {tab === 'contacts' && <Contacts sessionId={session.id} />}
          {tab === 'groups' && <Groups sessionId={session.id} />}
          {tab === 'check' && <CheckNumbers sessionId={session.id} />}
        </>
      )}
    </Page>
  );
}
