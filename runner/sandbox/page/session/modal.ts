import type { Core } from '../core.ts';

const words = {
  en: { title: "What's new on WhatsApp Web", text: 'A fresh look, and more.', go: 'Continue' },
  'pt-BR': { title: 'Novidades do WhatsApp Web', text: 'Visual novo, e mais.', go: 'Continuar' },
};

const dialogId = 'whats-new';

/** Shows or removes the dialog that follows pairing. Nobody clicking it in time calls `ignored`. */
export function showWhatsNew(core: Core, show: boolean, ignored: () => void): void {
  document.getElementById(dialogId)?.remove();
  if (!show) return;
  const text = words[core.settings.modalLanguage];
  const layer = document.createElement('div');
  layer.id = dialogId;
  const dialog = document.createElement('div');
  dialog.setAttribute('role', 'dialog');
  dialog.setAttribute('aria-modal', 'true');
  dialog.setAttribute('aria-label', text.title);
  dialog.setAttribute('data-animate-modal-popup', 'true');
  const title = document.createElement('h1');
  title.textContent = text.title;
  const body = document.createElement('p');
  body.textContent = text.text;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text.go;
  const timer = setTimeout(() => {
    if (layer.isConnected) ignored();
  }, core.settings.modalLogoutMs);
  button.addEventListener('click', () => {
    clearTimeout(timer);
    layer.remove();
    core.storage.write([{ store: 'kv', key: 'whatsNewSeen', value: true }]).catch(reportError);
  });
  dialog.append(title, body, button);
  layer.append(dialog);
  document.body.append(layer);
}
