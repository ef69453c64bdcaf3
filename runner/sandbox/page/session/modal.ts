import type { Core } from '../core.ts';

const words = {
  en: { title: "What's new on WhatsApp Web", text: 'A fresh look, and more.', go: 'Continue' },
  'pt-BR': { title: 'Novidades do WhatsApp Web', text: 'Visual novo, e mais.', go: 'Continuar' },
  de: { title: 'Neues bei WhatsApp Web', text: 'Neuer Look und mehr.', go: 'Weiter' },
  ar: { title: 'ما الجديد في واتساب ويب', text: 'مظهر جديد والمزيد.', go: 'متابعة' },
  ja: { title: 'WhatsApp Webの新機能', text: '新しいデザインなど。', go: '続行' },
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
  dialog.lang = core.settings.modalLanguage;
  dialog.dir = core.settings.modalLanguage === 'ar' ? 'rtl' : 'ltr';
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
