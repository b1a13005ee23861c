"""What the past tells: contracts that are compared, a subscription that is advised."""
