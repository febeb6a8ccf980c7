.PHONY: help demo test check prove bench bench-quality bench-speed clean

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: ## See it work: load two example ecosystems, print suggestions and gaps, serve the API (SERVE=0 stops before)
	@scripts/demo

test: ## Run the tests, on a real Neo4j too where there is Java and Maven (ARGS are pytest's)
	@scripts/test $(ARGS)

check: ## Check style, types and the direction of imports
	@scripts/check

prove: ## Run the same properties at large counts (up to an hour)
	@scripts/prove $(ARGS)

bench: ## Measure speed and quality against floors and baselines
	@scripts/bench $(ARGS)

bench-quality: ## Measure how good suggestions are, on real partnerships (data beside the checkout, or MATCHMAKER_REAL_DATA)
	@scripts/bench quality link_prediction riverbend simulation

bench-speed: ## Measure how fast suggestions are, at 10,000 to 1,000,000 ties, against peers in the same run
	@scripts/bench speed snapshot

clean: ## Remove the environment, the caches and the demo's store
	@scripts/clean
