// Package register registers the providers of the sandbox: Vault, and the fake one that a store must not have.
package register

import (
	_ "github.com/external-secrets/external-secrets/pkg/provider/fake"
	_ "github.com/external-secrets/external-secrets/pkg/provider/vault"
)
