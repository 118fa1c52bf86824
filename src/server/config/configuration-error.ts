/** One thing that is wrong with what the installation was given. The message never repeats a value: it may be a secret. */
export type ConfigurationProblem = {
  /** `environment`, or the file's path. */
  readonly file: string;
  /** Where in it, e.g. `connections.shopify-us.config.shop` or `line 7`. */
  readonly path: string;
  readonly message: string;
};

/** The exit code for a configuration error, as sysexits.h has it (EX_CONFIG). */
export const configurationExitCode = 78;

/** Everything that is wrong, at once, as one text that can be read. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];
  constructor(problems: readonly ConfigurationProblem[]) {
    const byFile = Map.groupBy(problems, ({ file }) => file);
    super(
      [
        `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
        ...[...byFile].flatMap(([file, ofFile]) => [
          `  ${file}`,
          ...ofFile.map(({ path, message }) => `    ${path}: ${message}`),
        ]),
      ].join('\n'),
    );
    this.problems = problems;
  }
}
