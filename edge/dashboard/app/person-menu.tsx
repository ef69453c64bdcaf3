import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Me } from '../api/me.ts';
import { Icon } from '../components/icon.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../components/menu.tsx';
import { t } from '../messages/en.ts';
import { signOut } from '../screens/account/identity.ts';
import { THEMES, useTheme } from './theme.ts';

export function PersonMenu({ me }: { me: Me }): ReactElement {
  const [theme, chooseTheme] = useTheme();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leaving = useMutation({
    mutationFn: signOut,
    onSettled: async () => {
      client.clear();
      await navigate({ to: '/sign-in' });
    },
  });
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={t.shell.person(me.name)}
          className="flex min-h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-2 text-left hover:bg-raised"
        >
          <span className="grid size-6 place-items-center rounded-full bg-raised text-muted">
            <Icon name="person" size={14} />
          </span>
          <span className="hidden truncate sm:block">{me.name}</span>
        </button>
      }
    >
      <MenuLabel>{me.email}</MenuLabel>
      <MenuLine />
      <MenuLabel>{t.shell.theme}</MenuLabel>
      <MenuChoice
        value={theme}
        options={THEMES.map((value) => ({ value, label: t.shell.themes[value] }))}
        onChoose={(value) => {
          const chosen = THEMES.find((one) => one === value);
          if (chosen !== undefined) chooseTheme(chosen);
        }}
      />
      <MenuLine />
      <MenuItem onSelect={() => leaving.mutate()}>{t.shell.signOut}</MenuItem>
    </Menu>
  );
}
