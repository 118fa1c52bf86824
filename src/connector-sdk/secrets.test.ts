import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configFields, configPathText } from './config-fields.ts';
import { maskConfig, maskSecrets, secretTexts } from './secrets.ts';

const schema = z.strictObject({
  url: z
    .url()
    .transform((url) => url.replace(/\/$/, ''))
    .describe('where it stands'),
  token: z.string().meta({ secret: true }).describe('how we log in'),
  pin: z.string().describe('optional').meta({ secret: true }).optional(),
  auth: z
    .discriminatedUnion('flow', [
      z.strictObject({
        flow: z.literal('jwt').describe('no secret travels'),
        key: z.string().meta({ secret: true }).describe('PEM'),
      }),
      z.strictObject({
        flow: z.literal('plain').describe('user and password'),
        user: z.string().describe('name'),
        key: z.string().describe('key id'),
      }),
    ])
    .describe('which flow'),
  hooks: z
    .array(
      z.strictObject({
        name: z.string().describe('name'),
        secret: z.string().meta({ secret: true }).describe('signs'),
      }),
    )
    .default([])
    .describe('receivers'),
  extra: z
    .record(z.string(), z.string().meta({ secret: true }))
    .optional()
    .describe('further keys'),
  vault: z
    .strictObject({
      a: z.string().describe('a'),
      deep: z.strictObject({ b: z.int().describe('b') }).describe('deep'),
    })
    .meta({ secret: true })
    .describe('all of it')
    .nullable(),
  mode: z.enum(['fast', 'safe']).default('safe').describe('how'),
  undescribed: z.preprocess((value) => value, z.number()),
});
const config = {
  url: 'https://a.test',
  token: 'tok-canary/1',
  auth: { flow: 'jwt', key: '-----BEGIN PRIVATE KEY-----\nkeycanarykeycanary\n-----END PRIVATE KEY-----' },
  hooks: [{ name: 'one', secret: 'hook-canary' }],
  extra: { x: 'extra-canary' },
  vault: { a: 'vault-canary', deep: { b: 123456 } },
  mode: 'fast',
  undescribed: 1,
};

describe('every field of a config is listed', () => {
  const fields = new Map(
    configFields(schema).map((field) => [
      `${configPathText(field.path)}${field.variant === null ? '' : ` (${field.variant})`}`,
      field,
    ]),
  );
  test('with its path, through unions, lists, records and wrappers', () => {
    expect([...fields.keys()]).toEqual([
      'url',
      'token',
      'pin',
      'auth',
      'auth.flow (flow=jwt)',
      'auth.key (flow=jwt)',
      'auth.flow (flow=plain)',
      'auth.user (flow=plain)',
      'auth.key (flow=plain)',
      'hooks',
      'hooks[*].name',
      'hooks[*].secret',
      'extra',
      'extra[*]',
      'vault',
      'vault.a',
      'vault.deep',
      'vault.deep.b',
      'mode',
      'undescribed',
    ]);
  });
  test('with description, type, default and whether it is required', () => {
    expect(fields.get('url')).toMatchObject({
      description: 'where it stands',
      required: true,
      secret: false,
      type: 'string',
    });
    expect(fields.get('pin')).toMatchObject({ description: 'optional', required: false, secret: true });
    expect(fields.get('mode')).toMatchObject({
      type: '"fast" | "safe"',
      defaultJson: '"safe"',
      required: false,
    });
    expect(fields.get('hooks')).toMatchObject({ defaultJson: '[]', type: 'list of object' });
    expect(fields.get('undescribed')).toMatchObject({ description: null, type: 'number' });
  });
  test('and what lies inside a secret group is secret', () => {
    expect([...fields].filter(([, field]) => field.secret).map(([name]) => name)).toEqual([
      'token',
      'pin',
      'auth.key (flow=jwt)',
      'hooks[*].secret',
      'extra[*]',
      'vault',
      'vault.a',
      'vault.deep',
      'vault.deep.b',
    ]);
  });
  test('and a variant may be described as a whole', () => {
    const byKind = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('fixed') }).describe('a token that stays'),
    ]);
    expect(configFields(z.strictObject({ auth: byKind })).map(({ description }) => description)).toEqual([
      null,
      'a token that stays',
    ]);
  });
  test('a type that contains itself ends', () => {
    const tree: z.ZodType = z.lazy(() => z.strictObject({ name: z.string(), below: tree.optional() }));
    expect(configFields(tree).map((field) => configPathText(field.path))).toEqual(['name', 'below']);
  });
});

test('a masked config shows no secret and changes nothing else', () => {
  const masked = maskConfig(schema, config);
  expect(JSON.stringify(masked)).not.toMatch(/canary|123456/);
  expect(masked).toMatchObject({
    url: 'https://a.test',
    token: '***',
    auth: { flow: 'jwt', key: '***' },
    hooks: [{ name: 'one', secret: '***' }],
    vault: '***',
    mode: 'fast',
  });
  expect(masked).not.toHaveProperty('pin');
  expect(config.token).toBe('tok-canary/1');
});

test('secrets are masked in any text, however they travelled', () => {
  const secrets = secretTexts(schema, config);
  const leaks = [
    'token=tok-canary/1',
    `q=${encodeURIComponent('tok-canary/1')}`,
    Buffer.from('tok-canary/1').toString('base64'),
    JSON.stringify({ key: config.auth.key }),
    'line keycanarykeycanary alone',
    'number 123456',
  ];
  const masked = maskSecrets(
    { leaks, error: new Error('hook-canary refused'), 'extra-canary': 1, none: undefined },
    secrets,
  );
  expect(JSON.stringify(masked)).not.toMatch(/canary|123456|dG9rLWNhbmFyeS8x/);
  expect(masked).toMatchObject({ none: null, error: { message: '*** refused' } });
});

test('a masked value loses nothing but secrets', () => {
  expect(maskSecrets({ a: [1, true, null, 'fine'] }, ['hush'])).toEqual({ a: [1, true, null, 'fine'] });
});
