/** The file with the results of a run for Allure's history, in the reports and in each entry of the archive. */
export const historyFile = 'allure-history.json'
