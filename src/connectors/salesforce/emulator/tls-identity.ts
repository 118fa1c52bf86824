/**
 * What the emulator shows over TLS: a certificate for localhost and 127.0.0.1, and its key, made for this purpose alone and known to
 * everybody who can read this file. A client trusts it by taking `certificate` as its certificate authority.
 */
export const tlsIdentity = {
  certificate: `-----BEGIN CERTIFICATE-----
MIIB5zCCAY2gAwIBAgIUJa9YVof8LmYHiesRWLbP2QukTAQwCgYIKoZIzj0EAwIw
OjEbMBkGA1UEAwwSVGFsbHlwb3J0IGVtdWxhdG9yMRswGQYDVQQKDBJub3QgZm9y
IHByb2R1Y3Rpb24wIBcNMjYxMTI0MjIxOTQwWhgPMjEyNjEwMzEyMjE5NDBaMDox
GzAZBgNVBAMMElRhbGx5cG9ydCBlbXVsYXRvcjEbMBkGA1UECgwSbm90IGZvciBw
cm9kdWN0aW9uMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbILgG6hLymh7qxCs
VbAQL/WYGtw4zB7ZPEkvT0BaYyy7IdAaW9D3sbvDfDOgUqLdJAn3UTxgp2fEoeVT
W+fs1aNvMG0wHQYDVR0OBBYEFJGvDUY9kBJXfCkgHsVyZxvtt/yjMB8GA1UdIwQY
MBaAFJGvDUY9kBJXfCkgHsVyZxvtt/yjMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcE
fwAAATAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIAPB8fwxpMK0
yBLpUagw+SoJobhlTlBpwn0GVDHE9OQ2AiEA4NgH/LkbnP3AsvvYWX97EihOcBVT
muBjuPb/o/OaDtE=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRMLoNTzlRu45imXr
H6lnwTnfESOQC5MNyS5ngtIp6DqhRANCAARsguAbqEvKaHurEKxVsBAv9Zga3DjM
Htk8SS9PQFpjLLsh0Bpb0Pexu8N8M6BSot0kCfdRPGCnZ8Sh5VNb5+zV
-----END PRIVATE KEY-----
`,
} as const;
