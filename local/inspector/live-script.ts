/**
 * The box page's script: asks the page's own `/rows` for what is newer than the newest it shows, and puts
 * the answer on top. The answer is HTML that the server escaped; nothing is built from data here.
 */
export const LIVE_SCRIPT = `
const list = document.getElementById('requests');
const live = document.getElementById('live');
let last = Number(list.dataset.last);
let wait = 0;
const localTimes = (root) => {
  for (const time of root.querySelectorAll('time[datetime]')) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour12: false });
  }
};
localTimes(document);
for (;;) {
  try {
    const answer = await fetch(location.pathname + '/rows?wait=' + wait + '&after=' + last);
    if (!answer.ok) throw new Error('status ' + answer.status);
    wait = 25;
    live.textContent = 'live';
    live.className = 'chip good';
    const rows = await answer.text();
    last = Number(answer.headers.get('x-last-id'));
    if (rows === '') continue;
    document.getElementById('empty')?.remove();
    list.insertAdjacentHTML('afterbegin', rows);
    localTimes(list);
  } catch {
    wait = 0;
    live.textContent = 'not connected';
    live.className = 'chip bad';
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
`;
