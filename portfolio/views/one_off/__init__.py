"""The pages behind the link of somebody who decides without an account."""
