import { describe, expect, test } from "@jest/globals";
import { parseDatabaseUrl } from "../../control-plane/src/db/postgres/connection-settings.ts";

describe("a database URL", () => {
  test("names user, password, hosts and database", () => {
    expect(parseDatabaseUrl("postgres://me:p%40ss@127.0.0.1:6000,[::1]/fleet\n")).toEqual({
      user: "me",
      password: "p@ss",
      database: "fleet",
      hosts: [
        { host: "127.0.0.1", port: 6000, ssl: false },
        { host: "::1", port: 5432, ssl: false },
      ],
    });
  });

  test("may name the folder of a Unix socket", () => {
    expect(parseDatabaseUrl("postgresql://me@/fleet?host=/run/postgresql").hosts).toEqual([
      { host: "/run/postgresql", port: 5432, ssl: false },
    ]);
  });

  test("of another machine means TLS with a certificate that is checked", () => {
    const [{ ssl }] = parseDatabaseUrl("postgres://me:x@db.example.com/fleet").hosts;
    expect(ssl).toMatchObject({ rejectUnauthorized: true, host: "db.example.com", minVersion: "TLSv1.2" });
    expect(parseDatabaseUrl("postgres://me:x@db.example.com/fleet?sslmode=disable").hosts[0].ssl).toBe(false);
  });

  test.each([
    ["postgres://me:s3cret@host", "names no database"],
    ["postgres://:s3cret@host/db", "names no user"],
    ["postgres://me:s3cret@/db", "names no host"],
    ["mysql://me:s3cret@host/db", "does not have that form"],
    ["postgres://me:s3cret@host/db?sslmode=require", "sslmode=require would not check whom it talks to"],
    ["postgres://me:s3cret@host/db?schema=x", "parameter 'schema'"],
    ["postgres://me:x?s3cret=1@host/db", "special characters of the password must be %-encoded"],
    ["postgres://me:x?s3cret#%@host/db?sslmode=disable", "special characters of the password must be %-encoded"],
    ["postgres://me:x@y?s3cret@host/db", "special characters of the password must be %-encoded"],
    ["postgres://me:s3cret@host/db?target_session_attrs=standby", "target_session_attrs must be read-write"],
    ["postgres://me:s3cret%@host/db", "wrong %-encoding"],
    ["postgres://me:s3cret@host/db?sslrootcert=/none.pem", "cannot be read: /none.pem"],
  ])("that cannot be used says why and not what it is: %s", (url, why) => {
    const parse = () => parseDatabaseUrl(url);
    expect(parse).toThrow(why);
    expect(parse).not.toThrow(/s3cret/);
  });
});
