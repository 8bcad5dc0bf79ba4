/** What is measured, and for whom. */
import { signToken } from './access-token.mjs';
import { HISTORY_TURNS } from './bench-database.mjs';

/** The routes under load; each has one token (or none) per session. */
export function describeRoutes(secret, chatSessions, historySessions) {
  const tokens = (sessions) => sessions.map((session) => signToken(session, secret));
  const body = JSON.stringify({
    message: 'When will my order arrive? I need it before the end of the week.',
  });
  return [
    { name: 'POST /chat', method: 'POST', path: '/chat', body, tokens: tokens(chatSessions) },
    {
      name: `GET /chat/history (${HISTORY_TURNS} turns)`,
      method: 'GET',
      path: '/chat/history?limit=50',
      tokens: tokens(historySessions),
    },
    { name: 'GET /health', method: 'GET', path: '/health', tokens: chatSessions.map(() => undefined) },
  ];
}
