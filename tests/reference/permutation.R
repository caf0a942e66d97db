# Reference values for tests/test_permutation.py and tests/test_resampling.py.
# Run in this folder: Rscript permutation.R   (R 4.2, coin 1.4-2, exactRankTests 0.8-35, boot 1.3)
suppressPackageStartupMessages({library(coin); library(exactRankTests); library(boot)})

# People in offices. `whole`: all people of an office trained or none. `mixed`: some in each office.
set.seed(20250817)
office <- rep(sprintf("K%02d", 1:11), times = c(3, 5, 4, 6, 2, 7, 4, 5, 3, 6, 5))
n <- length(office)
before <- round(60 + 8 * rnorm(n))
change <- round(4 + 6 * rnorm(n) + 3 * rnorm(11)[as.integer(factor(office))])
whole <- office %in% sprintf("K%02d", c(2, 3, 6, 8, 11))
mixed <- ave(runif(n), office, FUN = function(u) rank(u) <= pmax(1, round(length(u) / 3))) == 1
change <- change + 5 * mixed
data <- data.frame(office, before, after = pmin(before + change, 100), whole = as.integer(whole), mixed = as.integer(mixed))
data$change <- data$after - data$before
write.csv(data, "permutation_data.csv", row.names = FALSE, quote = FALSE)

out <- list()
keep <- function(name, value) out[[length(out) + 1]] <<- data.frame(name = name, value = format(value, digits = 17))

# 1. Signs of all changes, exact on the grid of whole points.
keep("sign_flip_all", perm.test(data$after, data$before, paired = TRUE, exact = TRUE)$p.value)
keep("sign_flip_first12", perm.test(data$after[1:12] - 4, data$before[1:12], paired = TRUE, exact = TRUE)$p.value)

# 2. Whole offices: one value per office, all choose(11, 5) = 462 arrangements.
means <- aggregate(cbind(change, whole) ~ office, data, mean)
means$arm <- factor(ifelse(means$whole == 1, "a", "b"), levels = c("a", "b"))
for (side in c("greater", "less"))
  keep(paste0("offices_", side),
       pvalue(oneway_test(change ~ arm, means, distribution = exact(), alternative = side)))
keep("offices_estimate", with(means, mean(change[arm == "a"]) - mean(change[arm == "b"])))

# 3. Within offices, blocks; a million draws.
data$arm <- factor(ifelse(data$mixed == 1, "a", "b"), levels = c("a", "b"))
data$block <- factor(data$office)
data$less <- data$change - 1.5 * data$mixed   # nearer to zero, so that the tails are not empty
set.seed(1)
for (side in c("greater", "less"))
  keep(paste0("within_", side),
       pvalue(oneway_test(less ~ arm | block, data, distribution = approximate(nresample = 1e6), alternative = side)))
keep("within_estimate", unname(coef(lm(less ~ mixed + block, data))["mixed"]))

# 4. Bounds by Fieller: where the t test of change - r * room has p = 0.05, found by root search.
room <- 100 - data$before
p_at <- function(r, rows) t.test(data$change[rows] - r * room[rows])$p.value - 0.05
for (rows in list(1:8, 1:n)) {
  gain <- mean(data$change[rows]) / mean(room[rows])
  keep(paste0("fieller_low_", length(rows)), uniroot(p_at, c(gain - 2, gain), rows = rows, tol = 1e-12)$root)
  keep(paste0("fieller_high_", length(rows)), uniroot(p_at, c(gain, gain + 2), rows = rows, tol = 1e-12)$root)
}

# 5. BCa of the class gain of all 50 people, 200,000 resamples of people.
set.seed(2)
drawn <- boot(data, function(d, i) mean(d$change[i]) / (100 - mean(d$before[i])), R = 200000)
found <- boot.ci(drawn, conf = 0.95, type = c("bca", "perc"))
keep("bca_low", found$bca[4]); keep("bca_high", found$bca[5])
keep("percentile_low", found$percent[4]); keep("percentile_high", found$percent[5])
write.csv(do.call(rbind, out), "permutation.csv", row.names = FALSE, quote = FALSE)
