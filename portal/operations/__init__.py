"""What an operator does with a real server: prepare it, look whether all is well, hold it to the contract.

`portal aidbox render-init-bundle` and `portal check` are made here.
"""

from portal.operations.init_bundle import init_bundle, vault_config

__all__ = ["init_bundle", "vault_config"]
