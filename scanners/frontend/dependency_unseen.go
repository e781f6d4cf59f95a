package frontend

import (
	"slices"
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/manifest"
)

// toolPrefixes begin the names of packages that are loaded by a tool's own
// rules: by a shortened name, from a preset, or because they are installed.
var toolPrefixes = []string{
	"@types/", "eslint", "@eslint", "@typescript-eslint/", "typescript-eslint", "babel-", "@babel/", "postcss", "prettier", "@prettier/", "stylelint", "@stylistic",
	"commitlint", "@commitlint/", "husky", "lint-staged", "jest", "@jest/", "ts-jest", "vitest", "@vitest/", "karma", "@swc/", "swc", "esbuild", "webpack", "@webpack",
	"rollup", "@rollup/", "vite", "@vitejs/", "grunt", "gulp", "@storybook/", "storybook", "@semantic-release/", "semantic-release", "@changesets/", "turbo", "@turbo/", "nx",
	"@nx/", "@nrwl/", "lerna", "@expo/", "expo", "react-native", "@react-native", "electron", "@electron", "@capacitor", "cordova", "@ionic", "nuxt", "@nuxt", "gatsby",
	"@gatsby", "svelte", "@sveltejs/", "astro", "@astrojs/", "@angular", "@ng", "@vue/", "@parcel", "parcel", "@graphql-codegen/", "serverless", "@serverless", "aws-cdk",
	"@next/", "metro", "@lingui/", "cypress", "@cypress", "@wdio/", "semver-", "@docusaurus/", "docusaurus", "tailwindcss", "@tailwindcss/", "@fontsource", "@iconify",
	"@remix-run/", "@react-router/", "unplugin", "@oclif", "oclif", "hardhat", "@nomic", "chai", "mocha", "@testing-library/", "sails-", "@size-limit", "@microsoft/api", "@rushstack", "@nestjs/",
}

// toolSuffixes end such names.
var toolSuffixes = []string{"-loader", "-webpack-plugin", "-cli", "-plugin", "-preset", "-reporter", "-polyfill", "-types", "-runtime"}

// unseenPackages are used without anybody naming them: by the compiler, by a
// framework, through a global.
var unseenPackages = []string{
	"react", "react-dom", "react-is", "react-scripts", "preact", "vue", "typescript", "tslib", "ts-node", "tsx", "core-js", "regenerator-runtime", "whatwg-fetch",
	"isomorphic-fetch", "cross-fetch", "node-fetch", "encoding", "bufferutil", "utf-8-validate", "sharp", "zone.js", "rxjs", "reflect-metadata", "class-validator",
	"class-transformer", "@aws-sdk/signature-v4-crt", "@datadog/pprof", "swagger-ui-express", "graphql", "autoprefixer", "cssnano", "sass", "node-sass",
	"less", "stylus", "nodemon", "pm2", "cross-env", "rimraf", "npm-run-all", "concurrently", "patch-package", "only-allow", "critters", "beasties", "jsdom", "happy-dom",
	"puppeteer", "playwright", "@playwright/test", "prisma", "drizzle-kit", "source-map-support", "bootstrap", "jquery", "popper.js", "@popperjs/core", "c8", "nyc", "tap", "ava",
	"pino-pretty", "server-only", "client-only", "crypto-js", "buffer", "process", "stream-browserify", "crypto-browserify", "util", "assert", "path-browserify", "os-browserify", "url", "https-browserify", "stream-http", "browserify-zlib", "vm-browserify", "punycode",
	"fsevents", "install", "npm", "yarn", "pnpm", "@emotion/react", "@emotion/styled", "knip", "depcheck", "madge", "plop", "@biomejs/biome", "wrangler", "firebase-tools", "vercel", "netlify-cli", "supabase", "env-cmd", "dotenv", "wait-on", "serve", "http-server",
}

// drivers are loaded by the object-relational mapper that is beside them.
var (
	drivers = []string{"pg", "pg-hstore", "pg-native", "pg-query-stream", "mysql", "mysql2", "sqlite3", "better-sqlite3", "sql.js", "mongodb", "mssql", "tedious", "oracledb", "redis", "ioredis", "mariadb"}
	mappers = []string{"typeorm", "sequelize", "sequelize-typescript", "@nestjs/typeorm", "@nestjs/sequelize", "knex", "objection", "bookshelf", "mongoose", "@mikro-orm/core", "bull", "connect-redis", "keyv", "strapi", "@strapi/strapi", "ghost", "adminjs"}
)

// usedUnseen says whether the package may be used in a way that no file shows.
func usedUnseen(pkg *repo.Package, d manifest.Dependency) bool {
	if d.Local() || strings.HasPrefix(d.Spec, "npm:") || slices.Contains(unseenPackages, d.Name) {
		return true
	}
	if slices.Contains(drivers, d.Name) && pkg.DependsOn(mappers...) {
		return true
	}
	base := d.Name[strings.LastIndexByte(d.Name, '/')+1:]
	for _, prefix := range toolPrefixes {
		if strings.HasPrefix(d.Name, prefix) || strings.HasPrefix(base, strings.TrimSuffix(prefix, "/")) && strings.HasPrefix(d.Name, "@") && !strings.HasPrefix(prefix, "@") {
			return true
		}
	}
	for _, suffix := range toolSuffixes {
		if strings.HasSuffix(d.Name, suffix) {
			return true
		}
	}
	return strings.Contains(base, "config") || strings.Contains(base, "plugin") || strings.Contains(base, "preset")
}
