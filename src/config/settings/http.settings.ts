import { host, origins, trustedProxies } from '../formats/network.formats.js';
import { wholeNumber } from '../formats/number.formats.js';
import { optionalSetting, setting } from '../setting.js';

export const HTTP_SETTINGS = {
  HOST: setting(host, {
    about: 'Address to listen on; 0.0.0.0 or :: for every network of the machine.',
    default: '127.0.0.1',
  }),
  PORT: setting(wholeNumber(0, 65_535), {
    about: 'Port of the API; 0 takes any free one.',
    default: '3000',
  }),
  METRICS_PORT: setting(wholeNumber(0, 65_535), {
    about: 'Port of the Prometheus metrics; 0 takes any free one.',
    default: '9464',
  }),
  TRUST_PROXY: setting(trustedProxies, {
    about: "Which proxies may name the client's address in X-Forwarded-For; 0 trusts nobody.",
    default: '0',
  }),
  CORS_ORIGINS: optionalSetting(origins, {
    about: 'Websites whose pages may call the API from a browser.',
    unset: 'no other website may',
    example: 'https://www.example.com,https://app.example.com',
  }),
  REQUEST_TIMEOUT_SECONDS: setting(wholeNumber(1, 600), {
    about: 'How long a client may take to send a request; headers get half of it.',
    default: '30',
  }),
  KEEP_ALIVE_TIMEOUT_SECONDS: setting(wholeNumber(1, 3_600), {
    about: 'How long an idle connection is kept; longer than the load balancer keeps its own.',
    default: '72',
  }),
  MAX_CONNECTIONS: setting(wholeNumber(1, 1_000_000), {
    about: 'The most connections to one process; beyond it, only probes are answered.',
    default: '10000',
  }),
  MAX_IN_FLIGHT_REQUESTS: setting(wholeNumber(1, 100_000), {
    about:
      'How many requests one process works on at the same time, without those that wait for a model or are streamed; others get 503 at once.',
    default: '128',
  }),
  SHUTDOWN_DELAY_SECONDS: setting(wholeNumber(0, 600), {
    about: 'How long to go on serving after the stop signal, while load balancers notice.',
    default: '0',
  }),
  SHUTDOWN_GRACE_SECONDS: setting(wholeNumber(1, 3_600), {
    about: 'How long running requests then have to finish.',
    default: '45',
  }),
};
