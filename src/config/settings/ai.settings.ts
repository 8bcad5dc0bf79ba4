import { aiModels } from '../formats/ai-models.format.js';
import { baseUrl, hosts } from '../formats/network.formats.js';
import { decimalNumber, wholeNumber } from '../formats/number.formats.js';
import { apiKey, path, text } from '../formats/text.formats.js';
import { optionalSetting, setting, type OptionalSetting } from '../setting.js';

function keyOf(provider: string, unset: string): OptionalSetting<string> {
  return optionalSetting(apiKey, {
    about: `API key of ${provider}.`,
    unset,
    example: 'replace-me-with-your-key',
    secret: true,
  });
}

function baseUrlOf(provider: string, unset: string, example: string): OptionalSetting<string> {
  return optionalSetting(baseUrl, { about: `Address of the API of ${provider}.`, unset, example });
}

const NO_MODELS = 'its models cannot be used';
const THE_REAL_ONE = "the provider's own";
const COMPATIBLE = 'a server that speaks like OpenAI (Ollama, vLLM, …)';

export const AI_SETTINGS = {
  AI_MODELS: optionalSetting(aiModels, {
    about: 'The models to ask, in the order in which they are tried.',
    unset: 'google:gemini-2.5-flash-lite where GOOGLE_API_KEY is set, else offline',
    example: 'google:gemini-2.5-flash-lite,openai:gpt-4.1-mini',
  }),
  GOOGLE_API_KEY: keyOf('Google Gemini', NO_MODELS),
  OPENAI_API_KEY: keyOf('OpenAI', NO_MODELS),
  ANTHROPIC_API_KEY: keyOf('Anthropic', NO_MODELS),
  COMPATIBLE_API_KEY: keyOf(COMPATIBLE, 'none is sent'),
  GOOGLE_BASE_URL: baseUrlOf(
    'Google Gemini',
    THE_REAL_ONE,
    'https://generativelanguage.googleapis.com/v1beta',
  ),
  OPENAI_BASE_URL: baseUrlOf('OpenAI', THE_REAL_ONE, 'https://api.openai.com/v1'),
  ANTHROPIC_BASE_URL: baseUrlOf('Anthropic', THE_REAL_ONE, 'https://api.anthropic.com/v1'),
  COMPATIBLE_BASE_URL: baseUrlOf(COMPATIBLE, NO_MODELS, 'http://localhost:11434/v1'),
  AI_SYSTEM_PROMPT_FILE: optionalSetting(path, {
    about: 'File with the instructions for the model, seen from the working directory.',
    unset: 'built-in instructions',
    example: './system-prompt.txt',
  }),
  AI_FALLBACK_MESSAGE: setting(text(2_000), {
    about: 'What the visitor reads when no model could answer.',
    default:
      'Sorry, I cannot answer right now. Your message has been saved; please try again in a few minutes.',
  }),
  AI_TEMPERATURE: setting(decimalNumber(0, 2), {
    about: 'How varied the answers are; 0 is the most predictable.',
    default: '0.7',
  }),
  AI_MAX_TOKENS: setting(wholeNumber(1, 1_000_000), {
    about: 'The most tokens of one answer.',
    default: '500',
  }),
  AI_TIMEOUT_SECONDS: setting(wholeNumber(1, 600), {
    about: 'How long a model may take for one answer.',
    default: '30',
  }),
  AI_CONTEXT_MESSAGES: setting(wholeNumber(0, 1_000), {
    about: 'How many earlier messages of the session a model is given.',
    default: '8',
  }),
  AI_CONTEXT_TOKENS: setting(wholeNumber(1, 10_000_000), {
    about: 'How many tokens, by estimate, a model is given of a conversation; older turns are left out.',
    default: '4000',
  }),
  AI_MAX_CONCURRENT_CALLS: setting(wholeNumber(1, 10_000), {
    about: 'How many calls one process makes to one model at the same time.',
    default: '1000',
  }),
  AI_ALLOWED_LINK_HOSTS: optionalSetting(hosts, {
    about: 'The hosts to which links and images in replies may lead; links to others are taken out.',
    unset:
      'links may lead anywhere but carry no text of the conversation; images from other hosts become links',
    example: 'www.example.com,cdn.example.com',
  }),
  AI_SESSION_TOKEN_LIMIT: optionalSetting(wholeNumber(1, 1_000_000_000), {
    about: 'The most tokens, asked and answered, that one session may cost.',
    unset: 'no limit',
    example: '50000',
  }),
  AI_DAILY_TOKEN_LIMIT: optionalSetting(wholeNumber(1, 1_000_000_000_000), {
    about: 'The most tokens that all sessions together may cost on one day (UTC).',
    unset: 'no limit',
    example: '5000000',
  }),
};
